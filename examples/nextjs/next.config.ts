import type { NextConfig } from "next";

const config: NextConfig = {
  // A compressed stream would wait until a block of it is full.
  compress: false,
  devIndicators: false,
  images: { unoptimized: true },
  poweredByHeader: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
