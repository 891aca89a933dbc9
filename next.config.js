/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  serverExternalPackages: ['better-sqlite3', '@prisma/client', '@prisma/adapter-better-sqlite3', 'pino'],
  // Types and lint are checks of their own (`npm test` runs both), so that a build on a responder's laptop stays short.
  typescript: { ignoreBuildErrors: true },
  // Browsers ask for it of pages that name no icon, such as a download.
  rewrites: () => Promise.resolve([{ source: '/favicon.ico', destination: '/icon.svg' }]),
  experimental: {
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
    // As LIMITS.formBytes, to which the server holds every body before an action sees it.
    serverActions: { bodySizeLimit: 4 * 1024 * 1024 },
  },
}

export default config
