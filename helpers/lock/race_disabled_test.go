//go:build !race

package lock

const underRaceDetector = false
