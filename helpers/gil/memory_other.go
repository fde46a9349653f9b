//go:build !linux

package gil

// memory is 0, which means unknown: elsewhere a process is told only its peak.
func memory() float64 { return 0 }
