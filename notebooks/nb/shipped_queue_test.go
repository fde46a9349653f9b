package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// checkQueue checks what must hold on every machine, never a figure.
func checkQueue(t *testing.T, nb *notebook.Notebook) {
	t.Helper()
	waits := "consumer: waits\nproducer: puts photo 1\nconsumer: has photo 1\n"
	room := "producer: photo 1 is in\nconsumer: takes one\nproducer: photo 2 is in\nconsumer: takes one\n"
	all := "consumer: has photo 1\nconsumer: has photo 2\nconsumer: has photo 3\nconsumer: ends\n"
	shows(t, nb, map[string]string{
		"55-02-py":      "photo 1\nphoto 2\nnothing there: ",
		"55-02-go":      "\"photo 1\" true\n\"photo 2\" true\n\"\" false\n",
		"55-03-go":      "\"PHOTO\" true\n",
		"55-05-chart":   "The four faults",
		"55-06-py":      waits,
		"55-06-go":      waits,
		"55-07-py":      room,
		"55-07-go":      room,
		"55-08-py-2":    all,
		"55-08-go":      all + "one more: the queue is closed\n",
		"55-09-go":      "[0 10 20]",
		"55-10-py":      "1000 items",
		"55-10-go":      "1000 items",
		"55-11-py-2":    "1000 items",
		"55-11-go":      "1000 items",
		"55-11-chart":   "Go: throughput by stage",
		"55-13-go":      "400 Bad Request: photo-01.jpg: the Content-Digest is sha-256=",
		"55-13-chart":   "error: <nil>\nall at the gallery, and whole: true\n",
		"55-13-chart-2": "one more to upload",
		"55-14-chart":   "peak of the heap",
		"55-15-go":      "goroutines left behind: <nil>",
		"55-15-chart":   "stage upload, item 12: the gallery is full",
		"55-16-chart":   "Throughput as a ratio",
		"55-17-go-3":    "error: <nil>\n24 photos in 24 requests",
		"55-17-go-4":    "503 Service Unavailable",
		"55-90-go":      "3009 polls for 1000 items",
	})
	unsolved(t, nb, map[string]string{
		"55-17-test":   `got ["1 fetched uploaded"`,
		"55-17-test-2": "with [3 2 2] it took 2.03s, want 1.1s at the most",
		"55-17-test-3": "got the batches [[0] [1] [2]",
		"55-17-test-4": "photo 0: 1 tries in 0s, want 5 in 15s",
	})
	if got := text(t, nb, "55-90-go"); strings.Contains(got, "not run yet") {
		t.Errorf("55-90-go lacks figures:\n%s", got)
	}
	t.Run("polls", func(t *testing.T) { checkPolls(t, nb) })
	t.Run("waits", func(t *testing.T) { checkQueueWaits(t, nb) })
	t.Run("bottleneck", func(t *testing.T) { checkBottleneck(t, nb) })
	t.Run("memory", func(t *testing.T) {
		peaks := numbers(t, text(t, nb, "55-14-chart"), `(?m)^capacity [\d,]+  +([\d.]+) MiB`)
		if len(peaks) != 2 || peaks[0] < 4*peaks[1] {
			t.Errorf("peaks of %v MiB with and without room for all, want far less with a bound", peaks)
		}
	})
	t.Run("account", func(t *testing.T) { checkAccount(t, nb) })
}

// checkPolls checks that three of a photo's polls find it, and that those in vain are
// the more the shorter the pause.
func checkPolls(t *testing.T, nb *notebook.Notebook) {
	for _, id := range []string{"55-04-py", "55-04-go"} {
		got := text(t, nb, id)
		polls, vain := numbers(t, got, `1000 items, (\d+) polls`), numbers(t, got, `, (\d+) of them in vain`)
		if len(polls) != 1 || len(vain) != 1 || polls[0]-vain[0] != 3000 {
			t.Errorf("%s shows %q, want 3000 polls that found an item", id, got)
		}
	}
	table := text(t, nb, "55-05-chart")
	never, seldom := numbers(t, table, `(?m)^ *0s  +([\d,]+)`), numbers(t, table, `(?m)^ *100ms  +([\d.,]+)`)
	if len(never) != 1 || len(seldom) != 1 || never[0] < 10*seldom[0] {
		t.Errorf("polls in vain without a pause: %v, with one of 100 ms: %v", never, seldom)
	}
}

// checkQueueWaits checks that a get waits for an item, and a put for room.
func checkQueueWaits(t *testing.T, nb *notebook.Notebook) {
	for id, pattern := range map[string]string{
		"55-06-chart": `(?m)^(?:Python|Go)  +consumer  +waiting for an item  +[\d.]+  +[\d.]+  +([\d.]+)  +photo 1`,
		"55-07-chart": `(?m)^(?:Python|Go)  +producer  +waiting for room  +[\d.]+  +[\d.]+  +([\d.]+)  +photo 2`,
	} {
		got := numbers(t, text(t, nb, id), pattern)
		// The other side lets them wait for 100 ms, less what they begin later than it.
		if len(got) != 2 || got[0] <= 0 || got[1] <= 0 {
			t.Errorf("%s: waits of %v ms, want two", id, got)
		}
	}
}

// checkBottleneck checks that the slow gallery limits the pipeline, and that one more
// worker helps most there.
func checkBottleneck(t *testing.T, nb *notebook.Notebook) {
	if got := text(t, nb, "55-13-chart"); !regexp.MustCompile(`(?m)^upload .*the bottleneck`).MatchString(got) {
		t.Errorf("55-13-chart shows\n%s\nwant upload as the bottleneck", got)
	}
	got := text(t, nb, "55-13-chart-2")
	least := numbers(t, got, `(?m)^ *one more to \w+  +[\d.]+  +([\d.]+)–`)
	most := numbers(t, got, `(?m)^ *one more to \w+  +[\d.]+  +[\d.]+–([\d.]+)`)
	// Where the machine is busy, the intervals overlap.
	if len(least) != 3 || len(most) != 3 || most[2] < least[0] || most[2] < least[1] {
		t.Errorf("55-13-chart-2 shows\n%s\nwant no worker to bring more than one at the last stage", got)
	}
}

// checkAccount checks that every photo is accounted for, whatever stops a pipeline.
func checkAccount(t *testing.T, nb *notebook.Notebook) {
	got := text(t, nb, "55-15-go") + text(t, nb, "55-15-chart")
	lines := regexp.MustCompile(`(\d+) done \+ (\d+) failed \+ (\d+) not started \+ (\d+) not fed = (\d+) of 40 photos`).FindAllStringSubmatch(got, -1)
	if len(lines) != 5 {
		t.Fatalf("%d accounts, want 5:\n%s", len(lines), got)
	}
	for i, want := range []string{"0", "1", "1", "0", "1"} {
		sum := 0
		for _, part := range lines[i][1:5] {
			n, err := strconv.Atoi(part)
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if sum != 40 || lines[i][2] != want {
			t.Errorf("%s: want a sum of 40, and %s failed", lines[i][0], want)
		}
	}
	for _, says := range []string{"nothing fails: <nil>\n  40 done", "item 12: the gallery is full", "item 13: panic: runtime error: index out of range", "somebody gives up: tired of waiting"} {
		if !strings.Contains(got, says) {
			t.Errorf("the trials show\n%s\nwant %q", got, says)
		}
	}
}
