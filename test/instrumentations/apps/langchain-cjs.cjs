const parts = {
  ...require('@langchain/core/language_models/chat_models'),
  ...require('@langchain/core/messages'),
  ...require('@langchain/core/outputs'),
  ...require('@langchain/core/retrievers'),
  ...require('@langchain/core/runnables'),
  ...require('@langchain/core/tools'),
  ...require('@langchain/langgraph'),
  ...require('@langchain/langgraph/prebuilt'),
  ...require('@langchain/openai'),
};

import('./langchain-scenarios.mjs').then(({ run }) => run(parts));
