// A heap that grows when the program is first asked.
package main

var kept [][]byte

func main() {
	planted = 200 * mib
	answer(func() { kept = blocks(200, mib) })
}
