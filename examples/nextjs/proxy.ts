import { NextResponse, type NextRequest } from "next/server";

/** The backend, read when the server starts and not when the page is built. */
const BACKEND = process.env.PLAYHEAD_URL ?? "http://127.0.0.1:8750";

/** Send the chat's requests on to the backend: the browser speaks to one server only, and none of them needs CORS. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  return NextResponse.rewrite(new URL(pathname + search, BACKEND));
}

export const config = { matcher: ["/ai-sdk", "/ai-sdk/:path*"] };
