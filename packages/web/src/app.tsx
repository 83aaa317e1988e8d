export function App() {
  return <main>Tacho</main>;
}
