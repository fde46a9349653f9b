package machine

import "golang.org/x/sys/unix"

// processor is the processor's name, or empty where the system does not tell it: see
// sysctl(3).
func processor() string {
	name, err := unix.Sysctl("machdep.cpu.brand_string")
	if err != nil {
		return ""
	}
	return name
}
