package interleaving

import (
	"cmp"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// barLimit is how many outcomes a chart shows each by itself.
const barLimit = 12

// exampleRoom is how many letters of an order the name of a bar has room for.
const exampleRoom = 16

// Chart shows the outcomes as bars: how many orders end so or, of orders drawn at
// random, what share, with the 95 % interval of [measure.Share]. Each bar names an order for
// [Result.Steps]. Beyond 12 outcomes the rarest of each verdict share a bar. What
// was not played is said on stderr.
func (r Result) Chart() {
	if r.Err != nil {
		fmt.Fprintln(os.Stderr, r.Err)
		return
	}
	if r.Played > 0 {
		chart.Show(r.bars())
	}
}

func (r Result) bars() *charts.Bar {
	least := 0.0
	axis := chart.Axis{Name: lang.Text{Ko: "실행 순서의 수", En: "orders"}, Min: &least}
	if r.Sampled {
		axis = chart.Axis{Name: lang.Text{Ko: "실행 순서의 비율", En: "share of the orders"}, Unit: "%", Min: &least}
	}
	var bars []chart.Bar
	var colours []string
	for _, o := range r.folded() {
		b := chart.Bar{Name: lang.Same(o.name), Value: chart.Value{Median: float64(o.count)}}
		if r.Sampled {
			share := measure.Share(o.count, r.Played)
			b.Value = chart.Value{Median: share.Median, Lo: share.Lo, Hi: share.Hi}
		}
		bars, colours = append(bars, b), append(colours, o.verdict.colour())
	}
	c := chart.Bars(chart.Title{Text: r.title(), Note: r.note()}, axis, bars...)
	data := make([]opts.BarData, len(bars))
	for i, b := range bars {
		data[i] = opts.BarData{Name: b.Name.String(), Value: b.Value.Median,
			ItemStyle: &opts.ItemStyle{Color: colours[i], Opacity: opts.Float(0.75), BorderColor: colours[i]}}
	}
	c.MultiSeries[0].Data = data
	// Every bar says its verdict; a legend would explain a colour that none has.
	c.SetGlobalOptions(charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}))
	return c
}

// A bar is an outcome, or several rare ones together.
type bar struct {
	name    string
	verdict Verdict
	count   int
}

// folded gives a bar for each of the most frequent outcomes, in their order, and
// one for what is left of each verdict.
func (r Result) folded() []bar {
	byCount := slices.SortedStableFunc(slices.Values(r.Outcomes), func(a, b Outcome) int { return cmp.Compare(b.Count, a.Count) })
	least := 0
	if len(byCount) > barLimit {
		least = byCount[barLimit-1].Count
	}
	var bars []bar
	for verdict := range Verdict(len(r.counts)) {
		var rest []Outcome
		for _, o := range r.Outcomes {
			if o.Verdict != verdict {
				continue
			}
			if o.Count < least || o.Count == least && len(bars) >= barLimit {
				rest = append(rest, o)
				continue
			}
			bars = append(bars, bar{r.name(o), verdict, o.Count})
		}
		if len(rest) == 1 {
			bars = append(bars, bar{r.name(rest[0]), verdict, rest[0].Count})
		}
		if len(rest) > 1 {
			b := bar{verdict: verdict}
			for _, o := range rest {
				b.count += o.Count
			}
			number, what := humanize.Comma(int64(len(rest))), verdict.text()
			b.name = lang.Format(lang.Text{Ko: "그 밖의 %s가지: %s", En: "%s others: %s"}, number, what).String()
			bars = append(bars, b)
		}
	}
	return bars
}

// name writes "total = 1: lost update (AABABB)".
func (r Result) name(o Outcome) string {
	name := o.Verdict.String()
	if values := r.values(o); values != "" {
		name = values + ": " + name
	}
	if len(o.Example) <= exampleRoom {
		name += " (" + o.Example + ")"
	}
	return name
}

func (r Result) values(o Outcome) string {
	var all []string
	for i, v := range o.Values {
		all = append(all, fmt.Sprintf("%s = %d", r.Shared[i], v))
	}
	return strings.Join(all, ", ")
}

// title says how many orders there are and how many were played.
func (r Result) title() lang.Text {
	played := humanize.Comma(int64(r.Played))
	switch {
	case !r.Sampled && r.Played == 1:
		return lang.Text{Ko: "실행 순서는 하나뿐이다", En: "There is only one order"}
	case !r.Sampled:
		return lang.Format(lang.Text{Ko: "실행 순서 %s가지를 모두 실행한 결과", En: "How all %s orders end"}, played)
	case r.Total == nil:
		limit := humanize.Comma(int64(r.limit))
		return lang.Format(lang.Text{Ko: "%[2]s가지가 넘는 실행 순서 가운데 무작위로 %[1]s번 실행한 결과", En: "How %[1]s of more than %[2]s orders end, drawn at random"}, played, limit)
	}
	total := number(r.Total)
	return lang.Format(lang.Text{Ko: "실행 순서 %[2]s가지 가운데 무작위로 %[1]s번 실행한 결과", En: "How %[1]s of %[2]s orders end, drawn at random"}, played, total)
}

// number writes a count in full up to twelve digits.
func number(n *big.Int) string {
	if s := n.String(); len(s) <= 12 {
		return humanize.BigComma(n)
	}
	s := new(big.Float).SetInt(n).Text('e', 2)
	mantissa, exponent, _ := strings.Cut(s, "e+")
	return mantissa + " × 10^" + strings.TrimLeft(exponent, "0")
}

// note says how many orders show each finding, and how they were drawn.
func (r Result) note() lang.Text {
	var counts []lang.Text
	all := 0
	for _, v := range verdictNames {
		if n := r.Count(v.verdict); n > 0 {
			all += n
			counts = append(counts, lang.Format(lang.Text{Ko: "%[2]s %[1]s", En: "%[1]s %[2]s"}, humanize.Comma(int64(n)), v.name))
		}
	}
	t := []lang.Text{lang.Format(lang.Same("%s."), lang.Join(", ", counts...))}
	if all > r.Played {
		t = append(t, lang.Text{Ko: "둘 이상에 드는 순서도 있다.", En: "Some orders count more than once."})
	}
	if slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return len(o.Example) <= exampleRoom && o.Count > 1 }) {
		t = append(t, lang.Text{Ko: "괄호 안은 그렇게 끝나는 순서의 예.", En: "In brackets: one such order."})
	}
	if r.Sampled {
		t = append(t, lang.Format(lang.Text{Ko: "시드 %d, 95%% 신뢰 구간(윌슨).", En: "Seed %d; 95 %% Wilson intervals."}, r.seed))
	}
	if r.Sampled && !r.Uniform {
		t = append(t, lang.Text{
			Ko: "기다리는 작업자를 빼고 다음 차례를 뽑으므로, 순서마다 뽑힐 확률이 다르다.",
			En: "Shares of random walks: a worker that waits is not drawn, so not every order has the same chance.",
		})
	}
	return lang.Join(" ", t...)
}

// String says the same as the chart in lines of text.
func (r Result) String() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	if r.Played == 0 {
		return ""
	}
	lines := []string{r.title().String(), r.note().String()}
	for _, b := range r.folded() {
		line := fmt.Sprintf("%s: %s / %s", b.name, humanize.Comma(int64(b.count)), humanize.Comma(int64(r.Played)))
		if r.Sampled {
			share := measure.Share(b.count, r.Played)
			line += fmt.Sprintf(" = %s %% (%s–%s)", chart.Number(share.Median), chart.Number(share.Lo), chart.Number(share.Hi))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
