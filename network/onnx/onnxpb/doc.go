// Package onnxpb holds the protocol buffer types of the ONNX model format,
// generated from the project's public onnx.proto (version 1.12, Apache-2.0,
// Copyright ONNX Project Contributors), which lies unchanged beside them.
package onnxpb

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go_opt=Monnx.proto=github.com/relucell/relucell/network/onnx/onnxpb onnx.proto
