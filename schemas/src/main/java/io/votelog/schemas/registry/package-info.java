/**
 * The other form in which the topics may hold their events: Confluent's wire format, for tools that have their schemas from a registry.
 * Values are turned into it where they are written, and back where they are read, so that everything else knows one form alone.
 */
@NullMarked
package io.votelog.schemas.registry;

import org.jspecify.annotations.NullMarked;
