import { Conversation } from "./conversation";

export default function Page() {
  return <Conversation />;
}
