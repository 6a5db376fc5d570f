package io.gravity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.gravity.error.GravityException;
import io.gravity.source.MySqlChangeSource;
import io.gravity.types.ImmutableSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What holds for all packages: arrows of the line never point backwards, drivers stay at its ends. */
@AnalyzeClasses(packages = "io.gravity", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final List<String> STAGES =
            List.of("source", "transform", "order", "quality", "repair", "resolve", "route", "dispatch");

    @ArchTest
    static void packagesHaveNoCycles(JavaClasses classes) {
        slices().matching("io.gravity.(**)").should().beFreeOfCycles().check(classes);
    }

    @ArchTest
    static void theVocabularyIsPlainJava(JavaClasses classes) {
        classes()
                .that()
                .resideInAPackage("io.gravity.event..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.gravity.event..")
                .check(classes);
    }

    @ArchTest
    static void stagesMeetInTheVocabularyAlone(JavaClasses classes) {
        for (var stage : STAGES) {
            var others = new ArrayList<String>();
            others.add("io.gravity");
            STAGES.stream()
                    .filter(other -> !other.equals(stage))
                    // A row that was mended is judged again.
                    .filter(other -> !stage.equals("repair") || !other.equals("quality"))
                    .forEach(other -> others.add("io.gravity." + other + ".."));
            noClasses()
                    .that()
                    .resideInAPackage("io.gravity." + stage + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others.toArray(new String[0]))
                    .check(classes);
        }
    }

    @ArchTest
    static void sharedPackagesKnowNoStage(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.gravity.event..",
                        "io.gravity.types..",
                        "io.gravity.config..",
                        "io.gravity.error..",
                        "io.gravity.expression..",
                        "io.gravity.audit..",
                        "io.gravity.extension..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STAGES.stream()
                        .map(stage -> "io.gravity." + stage + "..")
                        .toArray(String[]::new))
                .check(classes);
    }

    @ArchTest
    static void driversAreForTheEndsOfTheLine(JavaClasses classes) {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.gravity.source..", "io.gravity.dispatch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.mysql..",
                        "com.zaxxer..",
                        "com.clickhouse..",
                        "org.apache.kafka..",
                        "io.debezium..",
                        "java.sql..",
                        "javax.sql..",
                        "org.apache.flink.cdc..")
                .check(classes);
    }

    @ArchTest
    static void theSystemClockIsInjected(JavaClasses classes) {
        noClasses()
                .that()
                .doNotBelongToAnyOf(MySqlChangeSource.class)
                .should()
                .callMethodWhere(target(describe("reads the system clock", ArchitectureTest::readsTheClock)))
                .check(classes);
    }

    @ArchTest
    static void nobodySleeps(JavaClasses classes) {
        noClasses()
                .should()
                .callMethodWhere(target(describe(
                        "sleeps",
                        called -> called.getName().equals("sleep")
                                && (called.getOwner().isEquivalentTo(Thread.class)
                                        || called.getOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class)))))
                .check(classes);
    }

    @ArchTest
    static void onlyTheCommandsPrint(JavaClasses classes) {
        noClasses()
                .that()
                .doNotBelongToAnyOf(
                        SyncJob.class,
                        CommandLine.class,
                        ConflictsCommand.class,
                        DeadLettersCommand.class,
                        RulesCommand.class,
                        SnapshotsCommand.class)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }

    @ArchTest
    static void logsGoThroughSlf4j(JavaClasses classes) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.apache.logging..")
                .check(classes);
    }

    /** But for what stands in for a base class that Flink lacks: of serializers of values that nobody changes. */
    @ArchTest
    static void nothingExtendsAClassOfOurs(JavaClasses classes) {
        classes()
                .that()
                .areNotAssignableTo(GravityException.class)
                .should(new ArchCondition<>("extend no class of Gravity") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        item.getRawSuperclass()
                                .filter(base -> base.getPackageName().startsWith("io.gravity"))
                                .filter(base -> !base.isEnum())
                                .filter(base -> !base.isEquivalentTo(ImmutableSerializer.class))
                                .ifPresent(base -> events.add(SimpleConditionEvent.violated(
                                        item, item.getFullName() + " extends " + base.getFullName())));
                    }
                })
                .check(classes);
    }

    /** The monotonic clock is no clock: it measures spans. */
    private static boolean readsTheClock(AccessTarget called) {
        var owner = called.getOwner().getFullName();
        var name = called.getName();
        return (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
                || (owner.startsWith("java.time.")
                        && (name.equals("now")
                                || Set.of("system", "systemUTC", "systemDefaultZone")
                                        .contains(name)));
    }
}
