package chart

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"interleave/helpers/lang"
)

// categories gives the names along o's category axis, if it has one.
func (o options) categories() []string {
	for _, axis := range append(o.list("xAxis"), o.list("yAxis")...) {
		if axis, ok := axis.(map[string]any); ok {
			if names, ok := axis["data"].([]any); ok && len(names) > 0 {
				var all []string
				for _, n := range names {
					all = append(all, text(valueOf(n)))
				}
				return all
			}
		}
	}
	return nil
}

// axisName gives the name of the first x or y axis.
func (o options) axisName(axis string) string {
	for _, a := range o.list(axis) {
		if a, ok := a.(map[string]any); ok {
			name, _ := a["name"].(string)
			return name
		}
	}
	return ""
}

// deriveTable tabulates any chart's data: a row for each category and a column for
// each series where the chart is made so, else a row for each item.
func (o options) deriveTable(series []map[string]any) table {
	if names := o.categories(); len(names) > 0 && !slices.ContainsFunc(series, func(s map[string]any) bool { return !scalars(s) }) {
		t := table{header: []string{""}}
		longest := len(names)
		for i, s := range series {
			t.header = append(t.header, seriesName(s, i))
			longest = max(longest, len(items(s)))
		}
		for i := range longest {
			row := []string{fmt.Sprint(i)}
			if i < len(names) {
				row[0] = names[i]
			}
			for _, s := range series {
				cell := ""
				if data := items(s); i < len(data) {
					cell = text(valueOf(data[i]))
				}
				row = append(row, cell)
			}
			t.rows = append(t.rows, row)
		}
		return t
	}
	t := table{header: []string{lang.Text{Ko: "계열", En: "series"}.String(), lang.Text{Ko: "이름", En: "name"}.String(),
		cmp.Or(o.axisName("xAxis"), "x"), cmp.Or(o.axisName("yAxis"), "y")}}
	named, flat := false, true
	for i, s := range series {
		for _, item := range items(s) {
			row := []string{seriesName(s, i), ""}
			if m, ok := item.(map[string]any); ok {
				row[1], _ = m["name"].(string)
				if source, target := text(m["source"]), text(m["target"]); source != "" {
					row[1] = source + " → " + target
				}
			}
			switch value := valueOf(item).(type) {
			case []any:
				for _, v := range value {
					row = append(row, text(v))
				}
				flat = flat && len(value) < 2
			default:
				row = append(row, text(value))
			}
			if row[1] == "" && strings.Join(row[2:], "") == "" {
				continue
			}
			named = named || row[1] != ""
			t.rows = append(t.rows, row)
		}
	}
	if flat {
		t.header = append(t.header[:2], lang.Text{Ko: "값", En: "value"}.String())
	}
	if !named {
		t.header = slices.Delete(t.header, 1, 2)
		for i, row := range t.rows {
			t.rows[i] = slices.Delete(row, 1, 2)
		}
	}
	return t
}

// items gives what a series shows.
func items(s map[string]any) []any {
	all, _ := s["data"].([]any)
	if links, ok := s["links"].([]any); ok {
		all = append(slices.Clip(all), links...)
	}
	return all
}

func valueOf(item any) any {
	if m, ok := item.(map[string]any); ok {
		return m["value"]
	}
	return item
}

func scalars(s map[string]any) bool {
	return !slices.ContainsFunc(items(s), func(item any) bool {
		_, is := valueOf(item).([]any)
		return is
	})
}

func seriesName(s map[string]any, i int) string {
	name, _ := s["name"].(string)
	return cmp.Or(name, fmt.Sprintf("%v %d", cmp.Or[any](s["type"], ""), i+1))
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "-" {
			return "–"
		}
		return v
	case json.Number:
		return exact(v.String())
	default:
		return fmt.Sprint(v)
	}
}
