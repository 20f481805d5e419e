// The agent's tools: an MCP server on stdio, started by the agent as a child process. It says nothing about
// telemetry; the preload that it inherits does.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const PARCELS = { 1041: { parcel: 'P-77', status: 'paid' } };
const PLACES = { 'P-77': 'left the depot in Hamburg at 06:12' };

serveStdio(() => {
  const server = new McpServer({ name: 'orders', version: '1.0.0' });
  const answer = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });
  server.registerTool(
    'get_order',
    { description: 'One order by its number', inputSchema: z.object({ order: z.number() }) },
    async ({ order }) => answer(PARCELS[order] ?? { error: 'no such order' }),
  );
  server.registerTool(
    'track_parcel',
    { description: 'Where a parcel is', inputSchema: z.object({ parcel: z.string() }) },
    async ({ parcel }) => answer({ parcel, place: PLACES[parcel] ?? 'unknown' }),
  );
  return server;
});
