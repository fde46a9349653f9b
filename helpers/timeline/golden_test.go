package timeline

import (
	"fmt"
	"testing"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
)

func TestGolden(t *testing.T) {
	parts := func(parts ...Part) func() chart.Chart {
		return func() chart.Chart {
			c, err := Chart(chart.Title{
				Text: lang.Text{Ko: "누가 언제", En: "Who did what when"},
				Note: lang.Text{Ko: "말", En: "words"},
			}, parts...)
			if err != nil {
				t.Error(err)
			}
			return c
		}
	}
	python, goes := lang.Text{Ko: "파이썬", En: "Python"}, lang.Same("Go")
	compared := parts(
		Part{Name: python, Spans: []Span{
			{Row: "w 2", State: "dozing", To: 1}, {Row: "w 1", State: Waiting, From: 0.5, To: 1, Note: "n"},
		}},
		Part{Name: goes},
		Part{Name: goes, Spans: []Span{
			{Row: "w 1", State: "dozing", To: 2, Note: "n", Open: true}, {Row: "w 1", State: "thinking", From: 2, To: 3},
		}})
	var all Part
	for i, k := range known {
		all.Spans = append(all.Spans, Span{Row: fmt.Sprint("w ", i+1), State: k.state, To: 1})
	}
	charttest.Golden(t, charttest.Charts{
		"parts":    compared,
		"parts.ko": compared,
		"parts.en": compared,
		"states":   parts(all),
		"none.en":  parts(),
	})
}
