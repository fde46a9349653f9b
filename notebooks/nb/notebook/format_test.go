package notebook

import "testing"

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"declarations", "func  f( ) {}\n\n\n\nvar x=1", "func f() {}\n\nvar x = 1"},
		{"imports are sorted", "import (\n\"os\"\n\"fmt\"\n)", "import (\n\t\"fmt\"\n\t\"os\"\n)"},
		{"statements", "%%\nx:=1\nif x>0 {\nf( )\n}", "%%\nx := 1\nif x > 0 {\n\tf()\n}"},
		{"both", "type T int\n\n\n%%\n\nvar t T\n", "type T int\n\n%%\nvar t T"},
		{"main with arguments", "type T int\n%main -v\n    f()", "type T int\n%main -v\nf()"},
		{"main's body indented", "%%\n\tf()\n\tg()", "%%\nf()\ng()"},
		{"commands stay", "%noautoget\nimport \"fmt\"\n!ls  -l \\\n  -a\n\n%%\nfor {\n%env A  b\nf( )\n}", "%noautoget\nimport \"fmt\"\n\n!ls  -l \\\n  -a\n\n%%\nfor {\n%env A  b\n\tf()\n}"},
		{"commands as comments", "//gonb:%noautoget\n//gonb:%%\nf( )", "//gonb:%noautoget\n//gonb:%%\nf()"},
		{"a command alone", "%noautoget", "%noautoget"},
		{"a test", "func TestX(t *testing.T) {}\n\n%test", "func TestX(t *testing.T) {}\n\n%test"},
		{"Korean comments", "// 세는 것\nvar  n int // 값", "// 세는 것\nvar n int // 값"},
		{"not Go", "%%script python3\nx  =1", "%%script python3\nx  =1"},
		{"a file", "%%writefile ${GONB_TMP_DIR}/a.py\nx  =1\n", "%%writefile ${GONB_TMP_DIR}/a.py\nx  =1\n"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Format(tt.in)
			if err != nil || got != tt.want {
				t.Fatalf("got  %q, %v\nwant %q", got, err, tt.want)
			}
			if again, err := Format(got); err != nil || again != got {
				t.Errorf("formatting again gives %q, %v", again, err)
			}
		})
	}
}

func TestFormatTellsTheLineOfAFault(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"in declarations", "%noautoget\nvar x = = 1", "line 2: expected operand, found '='"},
		{"in main", "var x = 1\n\n%%\n\nf()\nx = = 1", "line 6: expected operand, found '='"},
		{"statements outside main", "var x int\nx = 2", "line 2: expected declaration, found x"},
		{"two mains", "%%\nf()\n%%\ng()", "line 3: main begins twice; keep one %%"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Format(tt.in); err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
