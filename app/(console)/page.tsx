/** Holds the place of the overview. */
export default function OverviewPage() {
  return <h1>Overview</h1>
}
