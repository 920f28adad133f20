// Logs what a child writes as it comes, as supervisors written in Go do; and keeps it as it was.
package main

import (
	"log"
	"log/slog"
	"os"
	"os/exec"
)

type sink func(text []byte)

func (s sink) Write(text []byte) (int, error) {
	s(text)
	return len(text), nil
}

func main() {
	if len(os.Args) < 3 {
		allocate()
		return
	}
	raw, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(os.Stdout)
	pass := map[string]func(string){
		"json": func(s string) { slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info(s) },
		"text": func(s string) { slog.New(slog.NewTextHandler(os.Stdout, nil)).Info(s) },
		"log":  func(s string) { log.Print(s) },
	}[os.Args[1]]
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	child.Stderr = sink(func(text []byte) {
		raw.Write(text)
		pass(string(text))
	})
	if err := child.Run(); err != nil {
		log.Fatal(err)
	}
}

func allocate() {
	var kept [][]byte
	for i := 0; i < 800; i++ {
		kept = append(kept, make([]byte, 4<<20))
		if len(kept) > 4 {
			kept = nil
		}
	}
}
