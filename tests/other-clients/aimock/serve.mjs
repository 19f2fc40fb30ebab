// Responds to generateContent with a picture, with a mock server of another project.
// Usage: node serve.mjs PICTURE. Prints its address as its first line, responds to a prompt that contains "refuse" with 400 and to any
// other with the picture, and serves until its input ends.
import { LLMock } from '@copilotkit/aimock';
import { readFile } from 'node:fs/promises';

const b64Json = (await readFile(process.argv[2])).toString('base64');
const mock = new LLMock({ port: 0, host: '127.0.0.1' });
mock.on({ userMessage: /refuse/ }, { error: { message: 'This one is refused.', type: 'INVALID_ARGUMENT' }, status: 400 });
// Its only response with inline data is for audio, but its MIME type can be set.
mock.on({ userMessage: /./s }, { audio: { b64Json, contentType: 'image/png' }, content: 'Here you are.' });
await mock.start();
console.log(mock.url);
process.stdin.on('end', () => mock.stop()).resume();
