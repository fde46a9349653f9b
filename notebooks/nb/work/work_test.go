package work

import "testing"

func TestALookChangesNothing(t *testing.T) {
	const shipped = `{"cells":[{"id":"54-01-go","source":["x"]}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`
	for _, tt := range []struct {
		name, text string
		same       bool
	}{
		{"what JupyterLab notes about the language", `{"metadata": {"language_info": {"name": "go", "version": "go1.27"}, "kernelspec": {"name": "gonb"}}, "nbformat": 4, "cells": [{"id": "54-01-go", "source": ["x"]}]}`, true},
		{"a run", `{"cells":[{"id":"54-01-go","source":["x"],"outputs":[{"output_type":"stream","name":"stdout","text":"1"}],"execution_count":3,"metadata":{"tags":[]}}],"metadata":{},"nbformat":4}`, true},
		{"a changed cell", `{"cells":[{"id":"54-01-go","source":["y"]}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`, false},
		{"another cell", `{"cells":[{"id":"54-01-go","source":["x"]},{"id":"54-02-go"}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`, false},
		{"a cell of the reader's own", `{"cells":[{"id":"54-01-go","source":["x"]},{"id":"mine","source":["x"]}],"metadata":{},"nbformat":4}`, true},
		{"no notebook at all", `{`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if same := digestOf([]byte(tt.text)) == digestOf([]byte(shipped)); same != tt.same {
				t.Errorf("the same as shipped: %t, want %t", same, tt.same)
			}
		})
	}
}
