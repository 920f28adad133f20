// Linked by the system's linker: C code stands before Go's, and sections are merged.
package main

// static int twice(int number) { return 2 * number; }
import "C"

import "fmt"

func main() {
	fmt.Println(C.twice(21))
}
