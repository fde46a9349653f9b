//go:build race

package lock

// underRaceDetector: the unguarded counter is the detector's subject, and would
// fail every test that runs it.
const underRaceDetector = true
