// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.auditor.commands.HelpOptions;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.Receipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Parses the command line and reports errors. Values may come from strangers, so the form of a value must not change
 * its meaning. A receipt may begin with a dash, as one in 64 does. A value that begins with {@code -h} or {@code -V}
 * does not ask for help or the version. A value that begins with {@code @} does not name a file of arguments. An
 * argument that begins with a dash and is neither an option nor a receipt is an error. After {@code --} every argument
 * is a value.
 *
 * <p>Every error is reported in one line, with the exit code {@link Report#NOT_RUN}. No fault of this program or of the
 * machine may end it with another code, since 1 would mean that a mismatch is proven. With {@code --json} the error is
 * a JSON document on standard output, where programs expect the answer.
 */
final class Program extends CommandLine {
    /** The environment variable that makes an error print its stack trace too. */
    static final String DEBUG = "VOTELOG_DEBUG";

    private static final String JSON = "--json";
    private static final String END_OF_OPTIONS = "--";
    private static final Map<String, String> SHORT = Map.of("-h", "--help", "-V", "--version");

    Program(Object command) {
        super(command);
        setCaseInsensitiveEnumValuesAllowed(true);
        setExpandAtFiles(false);
        setUnmatchedOptionsArePositionalParams(true);
        setExecutionExceptionHandler((failure, command1, parsed) -> notRun(failure, parsed.originalArgs()));
        setParameterExceptionHandler((wrong, arguments) -> notRun(wrong, Arrays.asList(arguments)));
        withoutShortOptions(getCommandSpec());
    }

    private static void withoutShortOptions(CommandSpec command) {
        command.mixinStandardHelpOptions(false);
        command.addMixin("help", CommandSpec.forAnnotatedObject(new HelpOptions()));
        command.versionProvider(new Version());
        command.subcommands().values().forEach(below -> withoutShortOptions(below.getCommandSpec()));
    }

    @Override
    public ParseResult parseArgs(String... arguments) {
        return super.parseArgs(normalized(arguments));
    }

    @Override
    public int execute(String... arguments) {
        try {
            return super.execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError e) {
            return notRun(e, Arrays.asList(arguments));
        }
    }

    /**
     * The arguments in a form that picocli parses correctly.
     *
     * @throws ParameterException when an argument looks like an option and is none
     */
    private String[] normalized(String[] arguments) {
        List<String> normalized = new ArrayList<>();
        CommandLine command = this;
        int values = 0;
        boolean options = true;
        for (String argument : arguments) {
            String word = argument;
            boolean value = values > 0 || !options;
            values = Math.max(0, values - 1);
            if (value) {
                normalized.add(argument);
                continue;
            }
            if (argument.equals(END_OF_OPTIONS)) {
                options = false;
            } else if (command.getSubcommands().containsKey(argument)) {
                command = command.getSubcommands().get(argument);
            } else if (argument.startsWith("-") && argument.length() > 1) {
                word = SHORT.getOrDefault(argument, argument);
                int sign = word.indexOf('=');
                OptionSpec option =
                        command.getCommandSpec().optionsMap().get(sign < 0 ? word : word.substring(0, sign));
                if (option != null) {
                    int wanted = option.arity().max() == 0
                            ? 0
                            : Math.max(1, option.arity().min());
                    values = Math.max(0, sign < 0 ? wanted : wanted - 1);
                } else if (Receipt.parse(argument).isEmpty()) {
                    throw new UnmatchedArgumentException(command, List.of(argument));
                }
            }
            normalized.add(word);
        }
        return normalized.toArray(String[]::new);
    }

    /** Whether the arguments ask for an answer in JSON. */
    private static boolean json(List<String> arguments) {
        int end = arguments.indexOf(END_OF_OPTIONS);
        return (end < 0 ? arguments : arguments.subList(0, end)).contains(JSON);
    }

    private int notRun(Throwable failure, List<String> arguments) {
        String line = line(failure).replaceAll("\\s*\\R\\s*", "; ");
        if (json(arguments)) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("outcome", "not-run");
            document.put("error", line);
            getOut().println(Texts.JSON_LINE.writeValueAsString(document));
        } else {
            getErr().println("The audit could not be run: " + line);
            if (failure instanceof ParameterException wrong) {
                getErr().println(hint(wrong));
            }
        }
        if (System.getenv(DEBUG) != null) {
            failure.printStackTrace(getErr());
        }
        return Report.NOT_RUN;
    }

    private static String hint(ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String help = "See %s --help.".formatted(command);
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return help;
        }
        List<String> near = unmatched.getSuggestions().stream()
                .filter(name -> !name.equals("-h") && !name.equals("-V"))
                .limit(3)
                .toList();
        return near.isEmpty() ? help : "Is it %s? %s".formatted(String.join(", ", near), help);
    }

    private static String line(Throwable thrown) {
        Throwable failure =
                thrown instanceof UncheckedIOException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof AuditException
                || failure instanceof TlogException
                || failure instanceof ParameterException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof FileSystemException ofFile) {
            return "%s: %s".formatted(ofFile.getFile(), Texts.reason(ofFile));
        }
        if (failure instanceof IOException broken) {
            return Texts.reason(broken);
        }
        if (failure instanceof KafkaException broken) {
            return "the brokers: " + Texts.reason(broken);
        }
        if (failure instanceof InterruptedException) {
            return "it was interrupted";
        }
        Optional<OutOfMemoryError> full = causeOf(failure, OutOfMemoryError.class);
        if (full.isPresent()) {
            return "the memory does not suffice: --threads 1 takes less at a time, and java -Xmx2g -jar … gives more";
        }
        return "by a fault of this program: %s. With %s=1 in the environment it says where".formatted(failure, DEBUG);
    }

    private static <T extends Throwable> Optional<T> causeOf(@Nullable Throwable failure, Class<T> kind) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return Optional.of(kind.cast(at));
            }
        }
        return Optional.empty();
    }
}
