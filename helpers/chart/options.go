package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
)

// The size of a chart whose author has set none, in CSS pixels.
const (
	defaultWidth  = 760
	defaultHeight = 420
)

// options are a chart's ECharts options as JSON values; numbers are json.Number.
type options map[string]any

// readOptions gives c's options, what its builder said about it, or nil, and its
// size. Values that are no numbers (NaN, infinities) become "-", ECharts' own
// sign for a missing value.
func readOptions(c Chart) (o options, d *details, width, height int, err error) {
	c.Validate()
	raw := c.JSON()
	d, _ = raw[detailsKey].(*details)
	delete(raw, detailsKey)
	content, err := json.Marshal(raw)
	if unsupported := (*json.UnsupportedValueError)(nil); errors.As(err, &unsupported) {
		content, err = json.Marshal(finite(reflect.ValueOf(raw)).Interface())
	}
	if err != nil {
		return nil, d, 0, 0, fmt.Errorf("read the options of a %T: %w", c, err)
	}
	decode := json.NewDecoder(bytes.NewReader(content))
	decode.UseNumber()
	if err := decode.Decode(&o); err != nil {
		return nil, d, 0, 0, fmt.Errorf("read the options of a %T: %w", c, err)
	}
	disarm(map[string]any(o), "")
	width, height = size(c)
	return o, d, width, height, nil
}

// finite copies v with "-" for every number that JSON cannot hold.
func finite(v reflect.Value) reflect.Value {
	put := func(to, from reflect.Value) {
		if from.IsValid() && from.Type().AssignableTo(to.Type()) {
			to.Set(from)
		}
	}
	odd := func(v reflect.Value) bool {
		return v.CanFloat() && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0))
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if odd(v) {
			return reflect.ValueOf("-")
		}
	case reflect.Interface:
		if !v.IsNil() {
			return finite(v.Elem())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			to := reflect.New(v.Type().Elem())
			put(to.Elem(), finite(v.Elem()))
			return to.Convert(v.Type())
		}
	case reflect.Slice, reflect.Array:
		kind := v.Type()
		if kind.Elem().Kind() == reflect.Float64 || kind.Elem().Kind() == reflect.Float32 {
			kind = reflect.TypeFor[[]any]()
		}
		if v.Kind() == reflect.Array {
			kind = reflect.SliceOf(kind.Elem())
		} else if v.IsNil() {
			return v
		}
		to := reflect.MakeSlice(kind, v.Len(), v.Len())
		for i := range v.Len() {
			put(to.Index(i), finite(v.Index(i)))
		}
		return to
	case reflect.Map:
		to := reflect.MakeMap(v.Type())
		for key, value := range v.Seq2() {
			if f := finite(value); f.IsValid() && f.Type().AssignableTo(v.Type().Elem()) {
				to.SetMapIndex(key, f)
			}
		}
		return to
	case reflect.Struct:
		to := reflect.New(v.Type()).Elem()
		to.Set(v)
		for i := range v.NumField() {
			if to.Field(i).CanSet() {
				to.Field(i).SetZero()
				put(to.Field(i), finite(v.Field(i)))
			}
		}
		return to
	}
	return v
}

// mark stands around JavaScript in go-echarts' options.
const mark = "__f__"

func code(s string) string { return mark + s + mark }

// disarm makes plain text of function marks in a chart's words and data, where no
// author would write a function and a file's content could.
func disarm(node any, key string) any {
	switch n := node.(type) {
	case map[string]any:
		for k, v := range n {
			n[k] = disarm(v, k)
		}
	case []any:
		for i, v := range n {
			n[i] = disarm(v, key)
		}
	case string:
		switch key {
		case "name", "text", "subtext", "data", "value", "source", "target":
			return strings.ReplaceAll(n, mark, "")
		}
	}
	return node
}

var (
	function  = regexp.MustCompile(`"` + mark + `(?:[^"\\]|\\.)*` + mark + `"`)
	scriptEnd = regexp.MustCompile(`(?i)<(/script|!--)`)
)

// expression writes o as JavaScript that may stand inside a script element.
func (o options) expression() string {
	content, err := json.Marshal(o)
	if err != nil {
		// They were read from JSON.
		panic(err)
	}
	return function.ReplaceAllStringFunc(string(content), func(s string) string {
		var code string
		if json.Unmarshal([]byte(s), &code) != nil {
			return s
		}
		code = strings.TrimSuffix(strings.TrimPrefix(code, mark), mark)
		return scriptEnd.ReplaceAllString(code, `<\$1`)
	})
}

// complete sets what an author seldom does: our palette, and shapes that tell
// series apart without colour. Hatched are the bars of charts not built here: ours
// differ by more than colour.
func (o options) complete(hatch bool) {
	base := charts.NewBar()
	if colors := o.list("color"); len(colors) == 0 || slices.EqualFunc(colors, base.Colors, func(a any, b string) bool { return a == b }) {
		o["color"] = palette
	}
	if o["animation"] == nil {
		o["animation"] = false
	}
	bars, marked := 0, 0
	for _, s := range o.series() {
		switch s["type"] {
		case "bar":
			bars++
		case "line", "scatter":
			if s["symbol"] == nil {
				s["symbol"] = symbols[marked%len(symbols)]
			}
			// Spans, which are lines in pieces, are not to be cut up further.
			if s["type"] == "line" && s["showSymbol"] == false && s["lineStyle"] == nil && len(split(items(s))) < 2 {
				s["lineStyle"] = map[string]any{"type": dashes[marked%len(dashes)]}
			}
			marked++
		}
	}
	if hatch && bars > 1 && o["aria"] == nil {
		o["aria"] = map[string]any{"enabled": true, "label": map[string]any{"enabled": false}, "decal": map[string]any{"show": true}}
	}
}

// list gives the component of that name as ECharts sees it: none, one or several.
func (o options) list(name string) []any {
	switch v := o[name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func (o options) series() []map[string]any {
	var all []map[string]any
	for _, s := range o.list("series") {
		if s, ok := s.(map[string]any); ok {
			all = append(all, s)
		}
	}
	return all
}

// title gives the chart's title and the lines below it.
func (o options) title() (title, below string) {
	for _, t := range o.list("title") {
		if t, ok := t.(map[string]any); ok {
			title, _ = t["text"].(string)
			below, _ = t["subtext"].(string)
			return title, below
		}
	}
	return "", ""
}

// size gives the size that c's author set, in CSS pixels, or the default.
func size(c Chart) (width, height int) {
	width, height = defaultWidth, defaultHeight
	v := reflect.Indirect(reflect.ValueOf(c))
	if v.Kind() != reflect.Struct {
		return width, height
	}
	init := v.FieldByName("Initialization")
	if !init.IsValid() {
		return width, height
	}
	// go-echarts fills in 900px by 500px: that is no wish of the author.
	if w, ok := pixels(init.FieldByName("Width").String()); ok && w != 900 {
		width = w
	}
	if h, ok := pixels(init.FieldByName("Height").String()); ok && h != 500 {
		height = h
	}
	return width, height
}

func pixels(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(s, "px"))
	return n, err == nil && n >= 100 && n <= 4000
}
