// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** SIGINT, SIGTERM and SIGHUP: the first asks to stop, the next one to stop at once. */
final class StopSignals {
    private StopSignals() {}

    /**
     * Has the signals handled from now on.
     *
     * @param first what the first of them does
     * @param again what every further one does
     */
    static void handle(Runnable first, Runnable again) {
        AtomicInteger count = new AtomicInteger();
        Runnable onSignal = () -> (count.getAndIncrement() == 0 ? first : again).run();
        try {
            // A shutdown hook never hears of a second signal. The class that does is in jdk.unsupported, and javac has
            // no way to name it without a warning.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    StopSignals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                        if (method.getName().equals("handle")) {
                            onSignal.run();
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> proxy == args[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "stop signals";
                        };
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : List.of("INT", "TERM", "HUP")) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signals cannot be handled on this JVM", e);
        }
    }
}
