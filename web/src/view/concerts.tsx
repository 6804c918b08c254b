// concerts.tsx — the first screen: search and posters.
import type { Concert } from "../model/catalog.ts";
import type { Listing } from "../model/listing.ts";
import { momentText, nameIn, rangeText, titleIn, won } from "./format.ts";
import { useLook } from "./look.ts";
import { Empty, Failed, Link, SaleBadge, Title } from "./parts.tsx";
import { Poster } from "./poster.tsx";

interface Props {
  readonly listing: Listing<Concert>;
  readonly search: string;
  onSearch(words: string): void;
  onMore(): void;
  onAgain(): void;
}

function ConcertCard({ concert }: { concert: Concert }) {
  const { words, tongue } = useLook();
  const { priceFrom, opensAtMs } = concert;
  return (
    <li class="card">
      <Link to={{ page: "dates", concertId: concert.id }} class="card-link">
        <div class="card-poster">
          <Poster concert={concert} />
          <SaleBadge state={concert.saleState} />
        </div>
        <h3>{titleIn(tongue, concert)}</h3>
        <p class="card-artists">
          {concert.artists.map((artist) => nameIn(tongue, artist)).join(" · ")}
        </p>
        <p class="faint">{rangeText(tongue, concert.firstStartsAtMs, concert.lastStartsAtMs)}</p>
        <p class="faint">{concert.venues.map((venue) => nameIn(tongue, venue)).join(", ")}</p>
        <p class="card-price">
          {concert.saleState === "SCHEDULED" && opensAtMs !== null
            ? words.concerts.opens(momentText(tongue, opensAtMs))
            : priceFrom !== null && words.concerts.from(won(tongue, priceFrom))}
        </p>
      </Link>
    </li>
  );
}

function Skeletons() {
  const { words } = useLook();
  return (
    <div role="status" aria-label={words.common.loading}>
      <ul class="cards" aria-hidden="true">
        {[1, 2, 3, 4, 5, 6, 7, 8].map((n) => (
          <li class="card skeleton" key={n}>
            <div class="card-poster" />
            <span />
            <span />
          </li>
        ))}
      </ul>
    </div>
  );
}

function List({ listing, search, onMore, onAgain }: Omit<Props, "onSearch">) {
  const { words } = useLook();
  switch (listing.step) {
    case "loading":
      return <Skeletons />;
    case "failed":
      return <Failed failure={listing.failure} onAgain={onAgain} />;
    case "shown":
      break;
  }
  const { items, more } = listing;
  if (items.length === 0)
    return search === "" ? (
      <Empty title={words.concerts.none} text={words.concerts.noneText} />
    ) : (
      <Empty title={words.concerts.noMatch(search)} text={words.concerts.noMatchText} />
    );
  return (
    <>
      <ul class="cards">
        {items.map((concert) => (
          <ConcertCard concert={concert} key={concert.id} />
        ))}
      </ul>
      {more.step === "failed" && <Failed failure={more.failure} />}
      {more.step !== "end" && (
        <button class="button more" disabled={more.step === "asking"} onClick={onMore}>
          {more.step === "asking" ? words.common.loading : words.concerts.more}
        </button>
      )}
    </>
  );
}

export function Concerts(props: Props) {
  const { words } = useLook();
  const { listing, search, onSearch } = props;
  const isWhole = listing.step === "shown" && listing.more.step === "end";
  return (
    <div class="wide">
      <section class="hero">
        <div>
          <Title class="hero-title">{words.concerts.title}</Title>
          <p class="hero-lead">{words.concerts.lead}</p>
        </div>
        <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="10.5" cy="10.5" r="6.5" />
            <path d="m15.5 15.5 5 5" />
          </svg>
          <input
            type="search"
            name="q"
            value={search}
            autocomplete="off"
            enterkeyhint="search"
            aria-label={words.concerts.search}
            placeholder={words.concerts.searchHint}
            onInput={(event) => onSearch(event.currentTarget.value.trim())}
          />
        </form>
      </section>
      <div class="heading-line">
        <h2>{words.concerts.heading}</h2>
        <span class="faint" role="status">
          {isWhole && words.concerts.found(listing.items.length)}
        </span>
      </div>
      <List {...props} />
    </div>
  );
}
