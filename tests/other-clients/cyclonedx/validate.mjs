// Validates an SBOM against the strict schema of its version of CycloneDX. Prints "valid", or the errors.
//
//     node validate.mjs FILE

import { readFileSync } from 'node:fs';
import { Validation } from '@cyclonedx/cyclonedx-library';

const text = readFileSync(process.argv[2], 'utf8');
const problem = await new Validation.JsonStrictValidator(JSON.parse(text).specVersion).validate(text);
console.log(problem === null ? 'valid' : JSON.stringify(problem));
