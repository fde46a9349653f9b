// Command warm does nothing. Building it fills Go's build cache with what the
// notebooks' cells import, so that the first cell of a lab is as quick as the
// second.
package main

import (
	_ "bufio"
	_ "bytes"
	_ "context"
	_ "encoding/binary"
	_ "encoding/json"
	_ "errors"
	_ "flag"
	_ "fmt"
	_ "io"
	_ "maps"
	_ "math"
	_ "math/rand/v2"
	_ "net/http"
	_ "os"
	_ "os/exec"
	_ "os/signal"
	_ "path/filepath"
	_ "regexp"
	_ "runtime"
	_ "runtime/trace"
	_ "slices"
	_ "sort"
	_ "strconv"
	_ "strings"
	_ "sync"
	_ "sync/atomic"
	_ "syscall"
	_ "testing"
	_ "time"

	_ "interleave/helpers/chart"
	_ "interleave/helpers/lang"
	_ "interleave/helpers/machine"
	_ "interleave/helpers/measure"
	_ "interleave/helpers/python"
	_ "interleave/helpers/racedetector"
	_ "interleave/helpers/timeline"
	_ "interleave/helpers/timeline/goroutines"
)

func main() {}
