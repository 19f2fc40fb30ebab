// Reads a YAML file and prints it as JSON: {"problems": [...], "documents": [...]}. With --check, each document is checked against the
// schema
// of Kubernetes' API, by its published models: for missing fields, wrong types and unknown fields.
//
//     node read.mjs FILE [--check]

import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';

const [file, option] = process.argv.slice(2);
const documents = loadAll(readFileSync(file, 'utf8'));
const problems = [];

// Records which properties of a document were read. The check of a schema reads exactly the properties that it knows.
function watch(value, path, seen) {
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return new Proxy(value, {
    get(target, name, receiver) {
      const item = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name) || name === 'length') {
        return item;
      }
      seen.add(`${path}/${name}`);
      return watch(item, `${path}/${name}`, seen);
    },
  });
}

function* pathsOf(value, path) {
  if (value === null || typeof value !== 'object') {
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    yield `${path}/${name}`;
    yield* pathsOf(item, `${path}/${name}`);
  }
}

async function check(document) {
  const { apiVersion, kind } = document;
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core';
  const name = `IoK8sApi${[group, apiVersion.split('/').pop(), kind].map(part => part[0].toUpperCase() + part.slice(1)).join('')}`;
  const models = new URL('.', import.meta.resolve('kubernetes-models'));
  const { validate } = await import(new URL(`_schemas/${name}.mjs`, models));
  const seen = new Set();
  if (!validate(watch(document, '', seen))) {
    problems.push(...validate.errors.map(error => `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`));
  }
  problems.push(...[...pathsOf(document, '')].filter(path => !seen.has(path)).map(path => `${path} is not known`));
}

if (option === '--check') {
  for (const document of documents) {
    await check(document);
  }
}
console.log(JSON.stringify({ problems, documents }));
