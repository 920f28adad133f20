// A program for the tests to read: it prints what its runtime knows of addresses and creators.
package main

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
)

var (
	release = make(chan struct{})
	started = make(chan struct{}, 64)
)

func park() {
	started <- struct{}{}
	<-release
}

func parkWith(int, string) { park() }

type server struct{ name string }

func (s server) byValue() { go park() }

func (s *server) byPointer() {
	func() {
		go func() { parkWith(len(s.name), s.name) }()
	}()
}

type list[T any] struct{ items []T }

func (l *list[T]) each() {
	for range l.items {
		go park()
	}
}

func generic[K comparable, V any](values map[K]V) {
	go func() {
		park()
		_ = values
	}()
}

func creator[T any](value T) func() {
	return func() {
		go func() {
			park()
			_ = value
		}()
	}
}

func inliner[T any](value T) {
	creator([]T{value})()
	creator(fmt.Sprint(value))()
}

func double(number int) int { return number * 2 }

//go:noinline
func inlines(number int) int {
	return double(number) +
		double(number+1)
}

func overLines() {
	go parkWith(
		inlines(3),
		strings.Repeat("x", 2),
	)
}

func deferred() {
	defer func() {
		go park()
	}()
}

//go:noinline
func renamed() {
//line elsewhere.go:1000
	go park()
}

//line sites.go:1000
var _ = func() int {
	go park()
	return 0
}()

func init() { go park() }

// Prints each run of addresses that the runtime tells the same of.
func walk(from uintptr) {
	before := ""
	for pc := from; ; pc++ {
		function := runtime.FuncForPC(pc)
		if function == nil {
			return
		}
		entry := function.Entry()
		isOwn := strings.HasPrefix(runtime.FuncForPC(entry).Name(), "main.")
		if !isOwn && pc%97 != 0 {
			continue
		}
		file, line := function.FileLine(pc)
		now := fmt.Sprintf("%x\t%s\t%s\t%d", entry, function.Name(), file, line)
		if now != before {
			fmt.Printf("pc\t%x\t%s\n", pc, now)
		}
		before = now
	}
}

func main() {
	s := &server{"a name"}
	s.byValue()
	s.byPointer()
	(&list[string]{[]string{"a", "b"}}).each()
	generic(map[string][]int{})
	inliner(1)
	overLines()
	deferred()
	renamed()
	go park()
	for i := 0; i < 13; i++ {
		<-started
	}
	fmt.Printf("main\t%x\n", reflect.ValueOf(main).Pointer())
	walk(reflect.ValueOf(runtime.GC).Pointer())
	dump := make([]byte, 1<<20)
	os.Stdout.Write(dump[:runtime.Stack(dump, true)])
}
