import { config } from 'zod'

/** The page's policy forbids code made from text, which zod tries as soon as a schema is made: so this comes first. */
config({ jitless: true })
