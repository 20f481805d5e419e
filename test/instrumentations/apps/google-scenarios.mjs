// What an app does with the client; each returns what it saw. Run with and without instrumentation.
const contents = 'a secret question';

export const scenarios = {
  async chat({ ai }) {
    const answer = await ai.models.generateContent({
      model: 'plain',
      contents,
      config: {
        systemInstruction: 'a secret system',
        temperature: 0.5,
        topK: 4,
        topP: 0.9,
        maxOutputTokens: 64,
        seed: 7,
        stopSequences: ['END'],
        candidateCount: 2,
        responseMimeType: 'application/json',
      },
    });
    return [answer.text, answer.constructor.name];
  },
  async tools({ ai }) {
    const tools = [{ functionDeclarations: [{ name: 'get_weather', description: 'a secret tool' }] }];
    const answer = await ai.models.generateContent({ model: 'tools', contents, config: { tools } });
    return answer.functionCalls;
  },
  async cut({ ai }) {
    const answer = await ai.models.generateContent({ model: 'cut', contents });
    return answer.candidates[0].finishReason;
  },
  async blocked({ ai }) {
    return (await ai.models.generateContent({ model: 'blocked', contents })).promptFeedback;
  },
  async chats({ ai }) {
    const chat = ai.chats.create({ model: 'chatted' });
    return (await chat.sendMessage({ message: contents })).text;
  },
  async retries({ ai }) {
    const httpOptions = { retryOptions: { attempts: 3, initialDelay: 0.001, maxDelay: 0.002 } };
    const answer = await ai.models.generateContent({ model: 'busy', contents, config: { httpOptions } });
    return answer.responseId;
  },
  async limited({ ai }) {
    return ai.models.generateContent({ model: 'limited', contents }).catch(describe);
  },
  async refuses({ ai }) {
    return ai.models.generateContent({ model: 'refuses', contents }).catch(describe);
  },
  async aborts({ ai }) {
    const abortSignal = AbortSignal.timeout(150);
    return ai.models
      .generateContent({ model: 'slow', contents, config: { abortSignal } })
      .catch((error) => error.name);
  },
  async stream({ ai }) {
    return collect(await ai.models.generateContentStream({ model: 'streamed', contents }));
  },
  async chatStream({ ai }) {
    const chat = ai.chats.create({ model: 'chat-streamed' });
    return collect(await chat.sendMessageStream({ message: contents }));
  },
  async earlyBreak({ ai }) {
    let seen = 0;
    for await (const _ of await ai.models.generateContentStream({ model: 'endless', contents })) {
      if (++seen === 1) break;
    }
    return seen;
  },
  async breaks({ ai }) {
    const stream = await ai.models.generateContentStream({ model: 'breaks', contents });
    return collect(stream).catch((error) => error.constructor.name);
  },
  async complains({ ai }) {
    const stream = await ai.models.generateContentStream({ model: 'complains', contents });
    return collect(stream).catch(describe);
  },
  async embeddings({ ai }) {
    const answer = await ai.models.embedContent({
      model: 'embedded',
      contents: ['a secret', 'another'],
      config: { outputDimensionality: 2 },
    });
    return answer.embeddings.length;
  },
  async neverRead({ ai }) {
    let stream = await ai.models.generateContentStream({ model: 'unread', contents });
    const seen = typeof stream.next;
    stream = undefined;
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      globalThis.gc?.();
    }
    return seen;
  },
};

export async function run(names, { GoogleGenAI }) {
  const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: process.env.MODEL_URL } });
  for (const name of names) console.log(`${name}: ${JSON.stringify(await scenarios[name]({ ai }))}`);
  // A stream that is left keeps its connection, so the process would wait for the other side.
  process.exit();
}

async function collect(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk.text ?? '';
  return text;
}

function describe(error) {
  return [error.constructor.name, error.status];
}
