// Package redact knows what a secret is and masks it. It is the one dictionary for the screen, the log, recordings,
// error texts, configurations and everything that a command prints.
//
// Two questions are answered here. What may be a secret, by the name of a header, a query parameter, a variable or a
// member of a configuration: [IsSecretName] and [IsSecretHeader]. And how text is shown without it: [URL] masks an
// address as it is written, [YAML] the lines of a configuration, and a [Redactor], made of the [Secrets] of one feed,
// whatever a server says.
package redact

// Mark stands where a secret was.
const Mark = "•••"
