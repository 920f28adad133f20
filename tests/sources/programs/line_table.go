// What debug/gosym reads out of a function table: the function and the line of many addresses.
//
//	line_table TABLE TEXT_ADDRESS STEP
package main

import (
	"bufio"
	"debug/gosym"
	"fmt"
	"os"
	"strconv"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	text, err := strconv.ParseUint(os.Args[2], 0, 64)
	check(err)
	step, err := strconv.ParseUint(os.Args[3], 0, 64)
	check(err)
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, text))
	check(err)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, function := range table.Funcs {
		for pc := function.Entry; pc < function.End; pc += step {
			file, line, found := table.PCToLine(pc)
			name := ""
			if found != nil {
				name = found.Name
			}
			fmt.Fprintf(out, "%#x\t%s\t%s\t%d\n", pc, name, file, line)
		}
	}
}
