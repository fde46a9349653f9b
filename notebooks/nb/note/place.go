package note

import "fmt"

// A Placement tells where a section goes.
type Placement struct {
	Section *Section
	Step    string // the step beside which it goes, or "" if that is unsure
	Title   string // of the step
	Perhaps []Step // if unsure: the steps it may belong to, the likeliest first
	Why     string // it is unsure, where that can be told
	Item    string // the other item of the book that it belongs to, and so is not imported
	There   string // the notebook that has it already, so that it is not imported again
}

// Step names a step for people.
type Step struct{ Name, Title string }

// A section is placed by its words only if they are like those of one step, and
// much more like them than like those of any other. The figures are from trying it
// on the notes in testdata: see TestWhereSectionsGo.
const (
	likeEnough   = 0.13
	clearlyAhead = 1.5
	candidates   = 3 // shown of an unsure one
)

// toRemember are headings that readers give to the summary of an item, beside those
// of the notebooks.
var toRemember = map[string]bool{
	"기억할것": true, "기억할내용": true, "기억해야할것": true, "기억해야할내용": true, "꼭기억해야할내용": true, "기억하자": true,
	"toremember": true, "thingstoremember": true, "remember": true, "pointstoremember": true, "whattoremember": true,
}

// Place tells where the sections of the note go in the notebook of that number, or
// in whichever the guide knows if it is "".
func (g *Guide) Place(n *Note, number string) []Placement {
	several := false
	for _, s := range n.Sections {
		several = several || s.Item != ""
	}
	var all []Placement
	var above []*Placement // of the headings that the section is under
	for _, s := range n.Sections {
		p := Placement{Section: s}
		for len(above) > 0 && above[len(above)-1].Section.level >= s.level {
			above = above[:len(above)-1]
		}
		if number != "" && s.Item != "" && s.Item != number {
			p.Item = s.Item
		} else {
			under := ""
			if len(above) > 0 && !above[len(above)-1].Section.opening {
				under = above[len(above)-1].Step
			}
			g.place(&p, several && s.Item == "", under)
		}
		all = append(all, p)
		above = append(above, &p)
	}
	return all
}

// place finds the step of one section, which is under another that went beside the
// step under. One that is outside all items is placed by its very heading only.
func (g *Guide) place(p *Placement, outside bool, under string) {
	s := p.Section
	matches := g.matches(s)
	defer func() {
		if st := g.step(p.Step); st != nil {
			p.Title = st.title
		}
		for _, m := range matches {
			if p.Step == "" && len(p.Perhaps) < candidates {
				p.Perhaps = append(p.Perhaps, Step{m.step.name, m.step.title})
			}
		}
	}()
	same := g.sameHeading(s)
	switch named := stepOf(s.title); {
	case s.opening:
		if p.Step = g.opening(); p.Step == "" {
			p.Why = "the notebook has no opening"
		}
		return
	case s.inside != "":
		p.Why = fmt.Sprintf("it stands under %q", s.inside)
		return
	case named != "" && g.step(named) == nil:
		p.Why = "there is no step " + named
		return
	case named != "":
		if len(same) > 0 && (len(same) > 1 || same[0].step.name != named) {
			matches = append([]match{{step: g.step(named)}}, same...)
			p.Why = "its number says one step and its words another"
			return
		}
		p.Step = named
		return
	case len(same) == 1:
		p.Step = same[0].step.name
		return
	case len(same) > 1:
		matches = same
		p.Why = "several steps have this heading"
		return
	case outside:
		p.Why = "it stands before the first item"
		return
	}
	if len(matches) == 0 {
		return
	}
	best, ahead := matches[0], true
	if len(matches) > 1 {
		ahead = best.score >= clearlyAhead*matches[1].score
	}
	if best.score >= likeEnough && (ahead || best.step.name == under) {
		p.Step = best.step.name
	}
}

// sameHeading gives the steps that have the section's heading.
func (g *Guide) sameHeading(s *Section) (same []match) {
	title := s.title
	if named := stepOf(title); named != "" {
		title = title[len(stepNumber.FindString(title))-1:]
	}
	k := key(withoutNumber(title))
	if k == "" {
		return nil
	}
	for _, st := range g.steps {
		if st.keys[k] || toRemember[k] && (st.keys["기억할것"] || st.keys["toremember"]) {
			same = append(same, match{step: st})
		}
	}
	return same
}

// opening gives the step with which the notebook begins.
func (g *Guide) opening() string {
	for _, st := range g.steps {
		if len(st.name) == len("54-00") && st.name[2:] == "-00" {
			return st.name
		}
	}
	return ""
}
