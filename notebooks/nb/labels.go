package main

import "interleave/notebooks/nb/translation"

// labelMessages gives the labels of charts and tables, in the helpers and in the
// cells of the notebooks.
func (p project) labelMessages() ([]translation.Message, error) { return nil, nil }
