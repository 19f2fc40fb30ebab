// Google's own client with a server of its API: an edit, a second turn, a list of models, an error.
// Usage: node converse.mjs http://127.0.0.1:8080 PICTURE. Prints the results as one JSON object.
import { GoogleGenAI } from '@google/genai';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const [server, picture] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'a-key', httpOptions: { baseUrl: server, timeout: 20000 } });
const source = { inlineData: { mimeType: 'image/png', data: (await readFile(picture)).toString('base64') } };

async function edit() {
  const answer = await client.models.generateContent({
    model: 'gemini-2.5-flash-image',
    contents: [{ role: 'user', parts: [{ text: 'Make it blue.' }, source] }],
    config: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '16:9' }, systemInstruction: 'Be bold.', seed: 7 },
  });
  return {
    text: answer.text,
    picture: describe(answer.data),
    finishReason: answer.candidates[0].finishReason,
    totalTokenCount: answer.usageMetadata.totalTokenCount,
    modelVersion: answer.modelVersion,
    responseId: answer.responseId,
  };
}

// The client keeps the turns and sends them back unchanged, signatures included.
async function converse() {
  const chat = client.chats.create({ model: 'gemini-3.1-flash-image-preview', config: { responseModalities: ['IMAGE'] } });
  const first = await chat.sendMessage({ message: [{ text: 'Make it blue.' }, source] });
  const second = await chat.sendMessage({ message: 'And now green.' });
  const history = chat.getHistory();
  return {
    roles: history.map((content) => content.role),
    signed: history.filter((content) => content.role === 'model').map((content) => content.parts.every((part) => part.thoughtSignature)),
    pictures: [describe(first.data), describe(second.data)],
    withoutSignature: await refusal(() => {
      const forgotten = structuredClone(history.slice(0, 2));
      forgotten[1].parts.forEach((part) => delete part.thoughtSignature);
      return client.models.generateContent({
        model: 'gemini-3.1-flash-image-preview',
        contents: [...forgotten, { role: 'user', parts: [{ text: 'And now red.' }] }],
      });
    }),
  };
}

async function listModels() {
  const names = [];
  for await (const model of await client.models.list()) names.push(model.name);
  const one = await client.models.get({ model: 'gemini-2.5-flash-image' });
  return { names, one: one.displayName };
}

async function refusal(request) {
  try {
    await request();
    return null;
  } catch (error) {
    return { name: error.name, status: error.status, message: error.message };
  }
}

function describe(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return { signature: bytes.toString('latin1', 1, 4), sha256: createHash('sha256').update(bytes).digest('hex') };
}

console.log(JSON.stringify({
  edit: await edit(),
  conversation: await converse(),
  models: await listModels(),
  error: await refusal(() => client.models.generateContent({ model: 'no-such-model', contents: 'Hello' })),
}));
