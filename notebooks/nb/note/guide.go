package note

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// A Guide knows what the steps of a notebook are about.
type Guide struct {
	terms  terms
	steps  []*step
	rarity map[string]float64 // of a word among the steps
}

type step struct {
	name     string
	title    string          // the first heading, for people
	keys     map[string]bool // of the headings in both languages
	frame    bool            // the opening, or the table of figures at the end
	exercise bool
	counts   map[string]float64
	weights  map[string]float64
}

// How much a word counts in a heading, in code and in the text below.
const (
	inHeading = 3
	inCode    = 0.5
	inText    = 1
)

var (
	headingLine = regexp.MustCompile(`(?m)^#{1,6} +(.*)$`)
	comment     = regexp.MustCompile(`(?m)(//|#).*$`)
)

// NewGuide learns the steps of the notebook, as the project ships it.
func NewGuide(nb *notebook.Notebook, glossary []Term) *Guide {
	g := &Guide{terms: newTerms(glossary), rarity: map[string]float64{}}
	for _, c := range nb.Cells {
		name := notebook.ParseID(c.ID).Step
		if name == "" {
			continue
		}
		s := g.step(name)
		if s == nil {
			s = &step{name: name, keys: map[string]bool{}, counts: map[string]float64{}}
			s.frame = strings.HasSuffix(name, "-00") || strings.HasSuffix(name, "-90")
			g.steps = append(g.steps, s)
		}
		s.exercise = s.exercise || notebook.ParseID(c.ID).Role == "test"
		g.learn(s, c)
	}
	for _, s := range g.steps {
		for word := range s.counts {
			g.rarity[word]++
		}
	}
	for word, n := range g.rarity {
		g.rarity[word] = math.Log(float64(1+len(g.steps)) / n)
	}
	for _, s := range g.steps {
		s.weights = g.weigh(s.counts)
	}
	return g
}

func (g *Guide) learn(s *step, c *notebook.Cell) {
	if c.Type != notebook.Markdown {
		g.terms.count(s.counts, comment.ReplaceAllString(c.Source, ""), inCode)
		return
	}
	for _, m := range headingLine.FindAllStringSubmatch(c.Source, -1) {
		title := withoutNumber(m[1])
		s.title = cmp.Or(s.title, title)
		s.keys[key(title)] = true
		g.terms.count(s.counts, title, inHeading-inText)
	}
	g.terms.count(s.counts, c.Source, inText)
}

func (g *Guide) step(name string) *step {
	i := slices.IndexFunc(g.steps, func(s *step) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return g.steps[i]
}

// weigh makes the vector of a text, of length 1, in which rare words count for more.
func (g *Guide) weigh(counts map[string]float64) map[string]float64 {
	var words []string // in order, so that sums are the same each time
	for w := range counts {
		if g.rarity[w] > 0 && counts[w] > 0 {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	weights, sum := map[string]float64{}, 0.0
	for _, w := range words {
		weights[w] = math.Log1p(counts[w]) * g.rarity[w]
		sum += weights[w] * weights[w]
	}
	for _, w := range words {
		weights[w] /= math.Sqrt(sum)
	}
	return weights
}

// likeness is the cosine of the angle between two vectors: 0 if they share no
// word, 1 if they have the same words as often.
func likeness(a, b map[string]float64) (sum float64) {
	var words []string
	for w := range a {
		if b[w] > 0 {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	for _, w := range words {
		sum += a[w] * b[w]
	}
	return sum
}

// A match is a step that a section may belong to.
type match struct {
	step  *step
	score float64
}

// matches gives the steps that are like the section, the most like first.
func (g *Guide) matches(s *Section) (all []match) {
	counts := map[string]float64{}
	title := withoutNumber(s.title)
	g.terms.count(counts, title, inHeading)
	g.terms.count(counts, s.body, inText)
	weights := g.weigh(counts)
	for _, st := range g.steps {
		if st.frame || st.exercise {
			continue
		}
		if score := likeness(weights, st.weights); score > 0 {
			all = append(all, match{st, score})
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return cmp.Compare(b.score, a.score) })
	return all
}
