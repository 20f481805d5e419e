import type { Rule } from '../rule.ts';
import { sample } from './sample.ts';
import { form, near, token } from './token.ts';

const OPENAI = 'https://platform.openai.com/docs/api-reference/authentication';

/** Providers of models. */
export const MODEL_RULES: readonly Rule[] = [
  form(
    'anthropic-key',
    'sk-ant-',
    'sk-ant-(?:[a-z]{2,10}\\d{2}-)?([\\w-]{20,200})',
    'https://docs.claude.com/en/api/overview',
    () => ['sk-ant-api03-', `${sample('url', 93)}AA`],
    '\\w-',
  ),
  form(
    'openai-key',
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-none-'],
    'sk-(?:proj|svcacct|admin|None)-([\\w-]{20,300})',
    OPENAI,
    () => ['sk-proj-', `${sample('url', 40)}T3BlbkFJ${sample('url', 40)}`],
    '\\w-',
  ),
  form(
    'openai-key',
    'T3BlbkFJ',
    'T3BlbkFJ([\\w-]{10,200})',
    OPENAI,
    () => [`sk-${sample('alnum', 20)}T3BlbkFJ`, sample('alnum', 20)],
    '',
  ),
  form(
    'sk-key',
    'sk-',
    'sk-((?=[\\w-]{0,40}\\d)(?:or-v1-|lf-)?[A-Za-z0-9][\\w-]{23,200})',
    OPENAI,
    () => ['sk-', sample('alnum', 48)],
    '\\w-',
  ),
  token('groq-key', 'gsk_', 'url', 40, 96, 'https://console.groq.com/docs/quickstart'),
  form(
    'huggingface-token',
    ['hf_', 'api_org_'],
    '(?:hf|api_org)_([A-Za-z0-9]{30,48})(?![\\w])',
    'https://huggingface.co/docs/hub/security-tokens',
    () => ['hf_', sample('alnum', 34)],
    'A-Za-z0-9',
    (secret) => /\d/.test(secret) || secret.length === 34,
  ),
  token('xai-key', 'xai-', 'url', 60, 120, 'https://docs.x.ai/docs/overview'),
  token('perplexity-key', 'pplx-', 'url', 40, 64, 'https://docs.perplexity.ai/guides/getting-started'),
  near(
    'cohere-key',
    ['cohere', 'co_api'],
    '[A-Za-z0-9]{40}',
    'https://docs.cohere.com/reference/about',
    () => sample('alnum', 40),
    isMixedCase,
  ),
  token('replicate-token', 'r8_', 'alnum', 37, 40, 'https://replicate.com/docs/reference/http'),
  form(
    'langsmith-key',
    ['lsv2_pt_', 'lsv2_sk_'],
    'lsv2_(?:pt|sk)_([a-fA-F0-9]{32}_[a-fA-F0-9]{10})',
    'https://docs.smith.langchain.com/',
    () => ['lsv2_pt_', `${sample('hex', 32)}_${sample('hex', 10)}`],
    '',
  ),
  token('pinecone-key', 'pcsk_', 'url', 40, 90, 'https://docs.pinecone.io/guides/projects/manage-api-keys'),
  token('nvidia-key', 'nvapi-', 'url', 60, 80, 'https://docs.api.nvidia.com/'),
  token('wandb-key', 'wandb_v1_', 'url', 40, 120, 'https://docs.wandb.ai/'),
  token('together-key', 'tgp_v1_', 'url', 40, 64, 'https://docs.together.ai/docs/quickstart'),
  token('fireworks-key', 'fw_', 'alnum', 22, 40, 'https://docs.fireworks.ai/', isMixedCase),
  token('cerebras-key', 'csk-', 'lower', 40, 64, 'https://inference-docs.cerebras.ai/'),
  near(
    'mistral-key',
    'mistral',
    '[A-Za-z0-9]{32}',
    'https://docs.mistral.ai/',
    () => sample('alnum', 32),
    isMixedCase,
  ),
];

function isMixedCase(secret: string): boolean {
  return /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret);
}
