// Package drawn is the door through which package charttest sees what package chart
// draws. Cells have no use for that, and so it is no part of chart itself.
package drawn

// Chart is the same as chart.Chart, whose package imports this one.
type Chart interface {
	Validate()
	JSON() map[string]any
}

// Output is a chart as it is shown.
type Output struct {
	Width, Height int            // of the picture, in CSS pixels
	Alt           string         // the picture's alternative text
	Options       map[string]any // for ECharts, as they are drawn; nil: they could not be read
	Text          string         // what a terminal shows in place of the picture
}

// Of returns what is shown of a chart. Package chart sets it.
var Of func(Chart) Output
