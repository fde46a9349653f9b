package main

import (
	"fmt"
	"strings"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/labels"
	"interleave/notebooks/nb/translation"
)

// labelMessages gives the labels of charts and tables, in the helpers and in the
// cells of the notebooks.
func (p project) labelMessages() ([]translation.Message, error) {
	all, err := labels.Find(p.root)
	if err != nil {
		return nil, fmt.Errorf("looking for labels: %w", err)
	}
	var messages []translation.Message
	for _, l := range all {
		m := translation.Message{Source: po.Source{ID: l.En, Plural: l.Plural}}
		for _, ko := range l.Ko {
			m.Notes = append(m.Notes, "ko: "+ko)
		}
		m.Notes = append(m.Notes, "in "+strings.Join(l.Where, ", "))
		messages = append(messages, m)
	}
	return messages, nil
}
