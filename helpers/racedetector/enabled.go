//go:build race

package racedetector

// Enabled reports whether this program was built with the race detector.
const Enabled = true
