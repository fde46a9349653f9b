package lock

import (
	"strings"
	"testing"
)

func TestStopsPython(t *testing.T) {
	onlyPython(t)
	for _, tt := range []struct {
		name, text   string
		between, all int
		err          string
	}{
		{"reads where the thread stood", `import sys, json
name, looks = sys.argv[1:]
assert name == "Counter"
print(json.dumps({"between": {"f: ADD": 3}, "elsewhere": {"f: start": int(looks) - 3}}))`, 3, 10, ""},
		{"never between", `print('{"between": {}, "elsewhere": {"f: start": 10}}')`, 0, 10, ""},
		{"asks for stops", `print('{"between": {}, "elsewhere": {}}')`, 0, 0, `{"between": {`},
		{"asks for output", ``, 0, 0, `{"between": {`},
		{"gives the traceback", "raise ValueError('no thread')", 0, 0, "ValueError: no thread"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := StopsPython(10, script(t, tt.text), "Counter")
			if tt.err != "" {
				if s.Err == nil || !strings.Contains(s.Err.Error(), tt.err) || len(s.Counters) != 0 {
					t.Errorf("error %v, want one with %q", s.Err, tt.err)
				}
				return
			}
			if s.Err != nil || len(s.Counters) != 1 {
				t.Fatalf("got %+v", s)
			}
			between, all := s.Counters[0].total()
			if between != tt.between || all != tt.all || s.Counters[0].Class != "Counter" || s.Counters[0].Python.Path == "" {
				t.Errorf("got %+v, want %d of %d", s.Counters[0], tt.between, tt.all)
			}
		})
	}
	if s := StopsPython(0, script(t, ""), "Counter"); s.Err == nil {
		t.Error("no looks: no error")
	}
}

func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		at   map[string]int
		want string
	}{
		{nil, "0%"},
		{map[string]int{"f: A": 10, "f: B": 30}, "f: B 30%, f: A 10%"},
		{map[string]int{"f: D": 1, "f: C": 1, "f: B": 1, "f: A": 1}, "f: A 1%, f: B 1%, f: C 1%, …"},
	} {
		if got := places(tt.at, 100); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.at, got, tt.want)
		}
	}
}
