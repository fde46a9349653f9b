package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// Number writes v for a reader: whole numbers in full, others with four
// significant digits, thousands separated by commas: 404,231 and 0.4048. What is
// no number is written "–".
func Number(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case v == 0:
		return "0"
	case size >= 1e15 || size < 1e-4:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case v == math.Trunc(v) || size >= 1000:
		return humanize.Comma(int64(math.RoundToEven(v)))
	}
	digits := 3 - int(math.Floor(math.Log10(size)))
	s := strconv.FormatFloat(v, 'f', digits, 64)
	return exact(strings.TrimRight(strings.TrimRight(s, "0"), "."))
}

// exact writes a number from a chart's options without rounding it.
func exact(s string) string {
	if whole, err := strconv.ParseInt(s, 10, 64); err == nil {
		return humanize.Comma(whole)
	}
	return s
}
