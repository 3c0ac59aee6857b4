// Command goyaml reads YAML files with the readers of the Go world and prints what they understood as JSON: for each file
// named, the documents by go-yaml 3 (Prometheus, Alertmanager, Kustomize) and the first one by the Kubernetes reader.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
	kubernetes "sigs.k8s.io/yaml"
)

type answer struct {
	Documents  []any           `json:"documents,omitempty"`
	Kubernetes json.RawMessage `json:"kubernetes,omitempty"`
	Error      string          `json:"error,omitempty"`
}

func main() {
	answers := []answer{}
	for _, path := range os.Args[1:] {
		answers = append(answers, read(path))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string) answer {
	text, err := os.ReadFile(path)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var documents []any
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return answer{Error: fmt.Sprintf("%s: %v", path, err)}
		}
		documents = append(documents, plain(document))
	}
	result := answer{Documents: documents}
	if len(documents) == 1 {
		result.Kubernetes, err = kubernetes.YAMLToJSONStrict(text)
		if err != nil {
			return answer{Error: fmt.Sprintf("%s: Kubernetes: %v", path, err)}
		}
	}
	return result
}

// plain gives a value that JSON can hold; a key that is not text becomes a key that says so.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = plain(item)
		}
		return value
	case map[any]any:
		result := map[string]any{}
		for key, item := range value {
			if text, ok := key.(string); ok {
				result[text] = plain(item)
			} else {
				result[fmt.Sprintf("not text: %T %v", key, key)] = plain(item)
			}
		}
		return result
	case []any:
		for index, item := range value {
			value[index] = plain(item)
		}
		return value
	case nil, bool, string, int, int64, uint64, float64:
		return value
	default:
		return map[string]any{"not JSON": fmt.Sprintf("%T", value), "text": fmt.Sprint(value)}
	}
}
