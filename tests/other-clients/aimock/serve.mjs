// Answers generateContent with a picture, by a mock server of other people's.
// Usage: node serve.mjs PICTURE. Prints its address as its first line, answers a prompt that says "refuse" with 400 and any
// other with the picture, and serves until its input ends.
import { LLMock } from '@copilotkit/aimock';
import { readFile } from 'node:fs/promises';

const b64Json = (await readFile(process.argv[2])).toString('base64');
const mock = new LLMock({ port: 0, host: '127.0.0.1' });
mock.on({ userMessage: /refuse/ }, { error: { message: 'This one is refused.', type: 'INVALID_ARGUMENT' }, status: 400 });
// Its only answer with inline data is called audio; the type it bears is free.
mock.on({ userMessage: /./s }, { audio: { b64Json, contentType: 'image/png' }, content: 'Here you are.' });
await mock.start();
console.log(mock.url);
process.stdin.on('end', () => mock.stop()).resume();
