package lang

import "testing"

func TestString(t *testing.T) {
	both := Text{Ko: "작업자", En: "workers"}
	for _, tt := range []struct {
		name, env string
		text      Text
		want      string
	}{
		{"both by default", "", both, "작업자 · workers"},
		{"Korean alone", "ko", both, "작업자"},
		{"English alone", "en", both, "workers"},
		{"an unknown language shows both", "xx", both, "작업자 · workers"},
		{"an identifier stands once", "", Same("sync.Mutex"), "sync.Mutex"},
		{"an identifier stands in Korean too", "ko", Same("sync.Mutex"), "sync.Mutex"},
		{"the same in both stands once", "", Text{Ko: "ns", En: "ns"}, "ns"},
		{"Korean only", "en", Text{Ko: "락"}, "락"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(Env, tt.env)
			if got := tt.text.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
