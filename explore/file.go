package explore

// What is explored, as a file: what a page that holds the engine gives it.

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/plot"
)

// File holds all that an explorer needs.
type File struct {
	Version string      `json:"version"`
	Models  []FileModel `json:"models"`
	// Points is CSV, empty where there are none.
	Points string `json:"points"`
}

// FileModel is a network in its canonical text.
type FileModel struct {
	Name  string   `json:"name"`
	Text  string   `json:"text"`
	Notes []string `json:"notes"`
}

// mostInside is the number of regions after which a count within a page ends with its bracket: it
// takes some seconds there, and cannot be interrupted.
const mostInside = 200000

// Open returns the explorer of a file's JSON. Networks are read when they are first looked at.
func Open(ctx context.Context, text []byte) (*Explorer, error) {
	var f File
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("not the JSON of an explorer's file: %w", err)
	}
	cfg := Config{Version: f.Version, MostCounted: mostInside}
	for _, m := range f.Models {
		cfg.Models = append(cfg.Models, Model{Name: m.Name, Open: func(context.Context) (*network.Network, []string, error) {
			n, err := network.ReadCanonical(strings.NewReader(m.Text))
			return n, m.Notes, err
		}})
	}
	e, err := New(ctx, cfg)
	if err != nil || f.Points == "" {
		return e, err
	}
	if e.cfg.Points, err = plot.ReadPoints(strings.NewReader(f.Points), e.inputs); err != nil {
		return nil, fmt.Errorf("points: %w", err)
	}
	return e, nil
}

// NewFileModel returns the model of a network.
func NewFileModel(name string, n *network.Network, notes []string) FileModel {
	return FileModel{name, string(n.Canonical()), notes}
}
