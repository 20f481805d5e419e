// Preload: ours is switched off, the app's own SDK is not.
process.env.OTEL_SDK_DISABLED = 'true';
await import('@agentlog/otel/register');
delete process.env.OTEL_SDK_DISABLED;
