//go:build !linux && !darwin

package machine

// processor is the processor's name, or empty where the system does not tell it.
func processor() string { return "" }
