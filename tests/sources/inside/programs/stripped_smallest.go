// The least that a runtime is linked into: what it lacks, the linker may leave out of any program.
package main

func main() {}
