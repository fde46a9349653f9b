package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// standIn has of ECharts what the drawing program uses, and "draws" the options.
const standIn = `globalThis.echarts = {
  setPlatformAPI(api) { this.measure = api.measureText; },
  ComponentModel: { getClass(main, type) { return type === "bar"; } },
  init(dom, theme, how) {
    return {
      setOption(option) { this.option = option; },
      renderToSVGString() {
        return "<svg>" + JSON.stringify([this.option, how.width, how.height, Math.random(), echarts.measure("가a", "10px x").width]) + "</svg>";
      },
    };
  },
};`

// compiled gives the path of the stand-in's bytecode.
func compiled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, code := filepath.Join(dir, "e.js"), filepath.Join(dir, "e.qbc")
	if err := os.WriteFile(source, []byte(standIn), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"compile", "-o", code, source}, nil, nil); err != nil {
		t.Fatal(err)
	}
	return code
}

func TestDraw(t *testing.T) {
	code := compiled(t)
	draw := func(options string) string {
		var out bytes.Buffer
		if err := run([]string{"draw", "-e", code, "-width", "300", "-height", "200"}, strings.NewReader(options), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	got := draw(`{"series":[{"type":"bar","data":[1,2]}],"f":(function () { return 3; })()} // a remark`)
	want := `<svg>[{"series":[{"type":"bar","data":[1,2],"progressive":0,"animation":false}],"f":3,"animation":false},300,200,`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
	if !strings.Contains(got, ",16.2") {
		t.Errorf("a Hangul syllable takes one em, a letter 0.62: got %s", got)
	}
	if again := draw(`{"series":[{"type":"bar","data":[1,2]}],"f":3}`); again != got {
		t.Errorf("the same options gave %s, then %s", got, again)
	}
}

func TestErrorsSayWhy(t *testing.T) {
	code := compiled(t)
	content, err := os.ReadFile(code)
	if err != nil {
		t.Fatal(err)
	}
	file := func(content []byte) string {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := file(bytes.Replace(content, []byte("QuickJS "), []byte("QuickJS 1"), 1))
	damaged := file(content[:len(content)-10])
	to := filepath.Join(t.TempDir(), "o.qbc")
	for _, tt := range []struct {
		name    string
		args    []string
		options string
		want    string
	}{
		{"another engine's bytecode", []string{"draw", "-e", other}, "{}", "go run ./kernel-setup install"},
		{"damaged bytecode", []string{"draw", "-e", damaged}, "{}", "go run ./kernel-setup install"},
		{"no bytecode", []string{"draw", "-e", to}, "{}", "go run ./kernel-setup install"},
		{"options that are no JavaScript", []string{"draw", "-e", code}, "{", "SyntaxError"},
		{"options that are no object", []string{"draw", "-e", code}, "null", "the options are null"},
		{"an unknown series", []string{"draw", "-e", code}, `{series:[{type:"x"}]}`, `no series type "x"`},
		{"a size that is none", []string{"draw", "-e", code, "-width", "0"}, "{}", "0 by 420"},
		{"an unknown command", []string{"paint"}, "", "compile and draw"},
		{"an unknown flag", []string{"draw", "-x"}, "", "-x"},
		{"compiling what is missing", []string{"compile", "-o", to, to}, "", "npm package echarts"},
		{"compiling what is no JavaScript", []string{"compile", "-o", to, damaged}, "", "refuses"},
		{"compiling what is not ECharts", []string{"compile", "-o", to, file([]byte("1"))}, "", "echarts"},
		{"compiling without a target", []string{"compile", damaged}, "", "-o FILE.qbc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := run(tt.args, strings.NewReader(tt.options), new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a failed compile left a file")
	}
}

func TestShrink(t *testing.T) {
	for _, tt := range []struct{ name, svg, want string }{
		{"numbers", `<path d="M1.23456 0.1e-7L-0.001 2.50001l1.5 -3.005" class="zr0" x="1">`, `<path d="M1.23 0.1e-7L0 2.5l1.5 -3" x="1">`},
		{"tiny numbers", `<g transform="translate(1.2345e-9 7.0001)">`, `<g transform="translate(0 7)">`},
		{"texts stay", `<text x="1.23456">pi d="3.14159" > 3.14159</text>`, `<text x="1.23">pi d="3.14159" > 3.14159</text>`},
		{"what needs a pointer", "<a pointer-events=\"visible\"><style ><![CDATA[\n.z:hover {}\n]]>\n</style>\n</a>", "<a></a>"},
		{"a shape in four places", "<svg>" + strings.Repeat("<path d=\"M0 0\" transform=\"translate(1 1)\" fill=\"red\">\n</path>", 4) + "</svg>",
			"<svg>\n<defs><path id=\"s0\" d=\"M0 0\" fill=\"red\"/></defs>" + strings.Repeat(`<use href="#s0" transform="translate(1 1)"/>`, 4) + "</svg>"},
		{"a grid", "<svg>\n" + `<path d="M0 0L9 0" fill="none" stroke="red"></path>` + "\n" + `<path d="M0 1L9 1" fill="none" stroke="red"></path>` + "\n" +
			`<path d="M0 2L9 2" fill="none" stroke="blue"></path>` + "\n<text>a</text>\n" + `<path d="M0 3L9 3" fill="none" stroke="blue"></path>` + "\n</svg>",
			"<svg>\n" + `<path d="M0 0L9 0M0 1L9 1" fill="none" stroke="red"></path>` + "\n" +
				`<path d="M0 2L9 2" fill="none" stroke="blue"></path>` + "\n<text>a</text>\n" + `<path d="M0 3L9 3" fill="none" stroke="blue"></path>` + "\n</svg>"},
		{"what is filled stays", `<path d="M0 0" fill="red"></path><path d="M1 1" fill="red"></path>`, `<path d="M0 0" fill="red"></path><path d="M1 1" fill="red"></path>`},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shrink(tt.svg); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
