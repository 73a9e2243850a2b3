package demo_test
func inChild() bool { return false }
